"""The parts of the Articles page: bringing a text, the list, the text beside its proposals."""
