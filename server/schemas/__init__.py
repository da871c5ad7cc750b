"""The wire's shapes. Unknown fields are refused."""
