"""Inputs that nobody should have made, and what asks the real command line about them."""
