package main

func Example() {
	main()
	// Output:
	// a UUID of 16 bytes
	// {"_id":{"$oid":"0123456789abcdef01234567"},"price":{"$numberDecimal":"9.90"},"count":{"$numberLong":"3"},"at":{"$date":{"$numberLong":"1767225600000"}},"like":{"$regularExpression":{"pattern":"^a","options":"i"}},"bytes":{"$binary":{"base64":"AAE=","subType":"00"}}}
	// true
}
