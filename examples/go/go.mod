module example.com/nexuslite

go 1.25.0

require (
	github.com/nexuslite/nexuslite-go v0.1.0
	go.mongodb.org/mongo-driver/v2 v2.9.3
)

replace github.com/nexuslite/nexuslite-go => ../../packages/go
