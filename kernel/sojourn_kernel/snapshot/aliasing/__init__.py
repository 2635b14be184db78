"""Who shares what: co-variables, ids, memory that several objects look into."""
