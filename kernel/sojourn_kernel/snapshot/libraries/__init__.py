"""What modules hold, the user's and the libraries': places in them, and what cells changed there."""
