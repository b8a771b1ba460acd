"""What is proposed: drafts, the steps they may take, and the articles they come from."""
