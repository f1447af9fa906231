"""The workbench's one blueprint, which its pages share."""

from flask import Blueprint

bp = Blueprint("workbench", "app.workbench", url_prefix="/workbench", template_folder="templates")
