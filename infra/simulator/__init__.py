"""A 1C that is not there: what the portal's neighbour says and answers, over the same wire as a real one."""
