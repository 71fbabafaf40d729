"""Tables of others that come with nascope, so that the papers' claims can be judged at their own scale."""
