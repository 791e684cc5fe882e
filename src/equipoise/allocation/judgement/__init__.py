"""What a procedure does before it is used: how guessable, how uneven, how biased."""
