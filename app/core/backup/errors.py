"""Why an archive, a restore, a move or an upgrade is refused; said at a terminal, in one line."""


class BackupError(Exception):
    """Something stands in the way; the text says what, and what to do."""


class ArchiveRefusedError(BackupError):
    """A file is no archive of ours, is cut short, was changed, or would write where it must not."""
