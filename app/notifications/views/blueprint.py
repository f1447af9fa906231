"""The one blueprint of the notifications house; its pages stand under several roofs."""

from flask import Blueprint

bp = Blueprint("notifications", "app.notifications", template_folder="templates")
