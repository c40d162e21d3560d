"""What citizens are told of the channels themselves: how they are, who runs them, who can read along."""
