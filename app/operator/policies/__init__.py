"""What the first start proposes and what it takes: kinds of town, colours, lists of divisions."""
