"""The WSGI application, and in a process that serves it the threads that belong to it."""

from app.core.settings import SettingError
from app.factory import create_app, start_threads

try:
    app = create_app()
except SettingError as wrong:
    raise SystemExit(str(wrong)) from None
start_threads(app)
