"""What is the carrier's own (Twilio): signatures, our numbers, its REST interface and its errors."""
