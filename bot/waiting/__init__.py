"""What a person sees and can do while they wait for a specialist, talk with one, and afterwards."""
