"""Networks: operations, cells, macro skeletons and supernets."""
