"""Evidence: the chain of seals, time stamps, packs, their verification, and what is no longer kept."""
