"""Accounts: people, the ways in, proofs, sessions, roles and a person's own settings.

Owns `users`, `role_grants`, `sign_ins`, `sign_in_attempts`, `password_resets`, `proofs`,
`passkeys`, `recovery_codes`, `number_changes`, `guardianships`, and the tables of texts, own data
and closings.
Promises that a session is a row that can be ended, that guessing is slowed without locking out the
person, that a code is kept nowhere, and that a role is given and taken with a reason. Rings
`person_joined`.
"""
