package main

func Example() {
	main()
	// Output:
	// there are no 1000 to be moved
	// a 30
	// b 20
}
