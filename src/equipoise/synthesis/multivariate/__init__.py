"""Several outcomes of one study, pooled together."""
