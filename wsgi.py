"""The WSGI application, and in a process that serves it the threads that belong to it."""

from app.factory import create_app, start_threads

app = create_app()
start_threads(app)
