"""Stage -> script text and notebook cells; pure, deterministic, the user's code verbatim."""
