package main

func Example() {
	main()
	// Output:
	// 2 orders changed
	// Ada 43
	// Grace 13.5
	// [ink paper] [ink paper] 2
	// 1 order deleted
}
