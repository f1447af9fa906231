"""Pure rules of moderation: the word list's reading of a text, holding, reviewing."""
