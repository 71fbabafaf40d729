"""Drawing: one look for all figures, and shapes that several of them share."""
