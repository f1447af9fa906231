"""Pure questions: when it is quiet, and which addresses lead outside."""
