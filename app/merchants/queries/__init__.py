"""What can be read of merchants: selling (for orders), collecting, booking, browsing, keeping."""
