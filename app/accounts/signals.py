"""What accounts announces."""

from app.core.signals import signal

person_joined = signal(
    "person_joined", "After an account is made, with person=User, at=datetime; in its transaction."
)
role_given = signal("role_given", "After a role is given, with grant=RoleGrant, at=datetime.")
role_taken = signal("role_taken", "After a role is taken, with grant=RoleGrant, at=datetime.")
