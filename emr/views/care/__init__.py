"""What belongs to a patient beside the note: medicines, background, and the clinic's lists behind them."""
