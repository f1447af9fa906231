"""Accounts: people, sign-in, sessions, roles and a person's own settings.

Owns `users`, `role_grants`, `sign_ins`, `sign_in_attempts` and `password_resets`. Promises that a
session is a row that can be ended, that guessing is slowed without locking out the person, and that
a role is given and taken with a reason. Rings `person_joined`.
"""
