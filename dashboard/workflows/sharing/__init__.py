"""What leaves the atlas: links, files, pictures, citations."""
