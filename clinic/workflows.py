"""What follows from what: the one page where apps meet. Handlers only write rows, inside the publisher's transaction."""
