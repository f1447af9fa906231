"""Pure rules of accounts: names, passwords, tries, roles."""
