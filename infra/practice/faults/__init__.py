"""What can go wrong at Discord, on demand."""
