"""What a reviewer needs: a group of persons by a definition that can be repeated, and a sample of them."""
