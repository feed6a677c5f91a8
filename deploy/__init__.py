"""What a platform team starts from, and the same set-up on one machine (`loopback/`) to prove it."""
