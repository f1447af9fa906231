"""What the demo town says, sells and does: words and figures, no code that acts."""
