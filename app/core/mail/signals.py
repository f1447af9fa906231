"""What is announced about mails that left, or could not."""

from app.core.signals import signal

mail_arrived = signal("mail_arrived", "After a server took a mail, with to=address, at.")
mail_refused = signal(
    "mail_refused", "After a server refused an address for good, with to=address, why=text, at."
)
