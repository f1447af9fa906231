"""What is announced about text messages that left, or could not."""

from app.core.signals import signal

sms_arrived = signal("sms_arrived", "After the gateway took a message, with to=number, at.")
sms_refused = signal(
    "sms_refused", "After the gateway refused a number for good, with to=number, why=text, at."
)
