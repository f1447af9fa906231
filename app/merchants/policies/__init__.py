"""Pure rules of merchants: the grammar of opening hours, special days, slots, times and selling."""
