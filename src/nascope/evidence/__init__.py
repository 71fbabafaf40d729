"""Evidence: what tests of claims find, and how sure it is."""
