"""Objects looked at without any code of theirs running: names of classes, attributes, fields of C structs, what code adds to."""
