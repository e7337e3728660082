"""REST v10, a file for each noun."""
