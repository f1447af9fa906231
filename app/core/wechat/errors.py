"""How WeChat says no."""

from app.core.errors import LinliError


class WeChatRefusedError(LinliError):
    """WeChat answered with a code of its own; the words are WeChat's, for the operator."""
