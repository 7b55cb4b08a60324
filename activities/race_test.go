package activities_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"github.com/stormbell/stormbell/activities"
	"github.com/stormbell/stormbell/activities/sendgrid"
	"github.com/stormbell/stormbell/domain/effect"
	"github.com/stormbell/stormbell/domain/plan"
	"github.com/stormbell/stormbell/internal/record"
	"github.com/stormbell/stormbell/worker"
	"github.com/stormbell/stormbell/workflows/contract"
)

// races is how often the phase changes while a release goes out.
const races = 10_000

// A release of the old phase races with the change to the next one, ten thousand times: once
// somebody was told that the phase has changed, no text of the old one leaves (frontier 4).
func TestDistribute_phaseChangeAtTheSameTime_neverAnOldTextAfterIt(t *testing.T) {
	t.Parallel()
	const abreast = 16
	races := races
	if testing.Short() {
		races = 500 // under the race detector each takes ten times as long
	}
	accepted := make([]atomic.Bool, races)
	var left, late atomic.Int64
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m struct{ Subject string }
		_ = json.NewDecoder(r.Body).Decode(&m)
		_, number, _ := strings.Cut(m.Subject, "race ")
		if i, err := strconv.Atoi(strings.TrimSpace(number)); err == nil && accepted[i].Load() {
			late.Add(1)
		}
		left.Add(1)
		w.Header().Set("X-Message-Id", "m"+number)
		w.WriteHeader(http.StatusAccepted)
	}))
	defer provider.Close()
	s := newQuietSite(t, func(c *activities.Config) {
		var err error
		c.Mail, err = sendgrid.New(sendgrid.Config{Key: "SG.key", Endpoint: provider.URL, Timeout: 10 * time.Second})
		require.NoError(t, err)
	})
	list, err := s.record.PutRecipients(t.Context(), []record.Recipient{{Channel: "email", Address: "one@example.com", Language: "en"}})
	require.NoError(t, err)

	phases := []plan.Phase{plan.Investigation, plan.Identification}
	var wait sync.WaitGroup
	for lane := range abreast {
		incident, year := s.open(fmt.Sprint("lane-", lane))
		var suite testsuite.WorkflowTestSuite
		suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
		env := suite.NewTestActivityEnvironment() // each takes one activity at a time
		// The plan is read right before the ledger is asked: from there on it is a race.
		asking := make(chan struct{}, 100)
		config := s.config
		config.Plan = func() plan.Plan {
			asking <- struct{}{}
			return s.plan
		}
		a := activities.New(config)
		worker.Sends(env, a)
		wait.Go(func() {
			for i := lane; i < races; i += abreast {
				round := i / abreast
				old, next := phases[round%2], phases[(round+1)%2]
				in := contract.BatchInput{To: 1, DistributionInput: contract.DistributionInput{
					Year: year, Incident: incident, PlanHash: s.plan.Hash, Phase: old, Audience: "internal", Send: []string{plan.SendEmail}, Edition: plan.Edition,
					Release: round + 1, List: list, Recipients: 1, Texts: []effect.Text{{Language: "en", Subject: fmt.Sprint("race ", i), Body: "News"}},
				}}
				var both sync.WaitGroup
				both.Go(func() {
					if _, err := env.ExecuteActivity(contract.DistributeBatch, in); err != nil {
						t.Error(err)
					}
				})
				<-asking
				for range rand.IntN(400) {
					runtime.Gosched()
				}
				err := a.AppendRecord(t.Context(), contract.AppendInput{
					Incident: incident, Workflow: contract.IncidentID(year, incident), Run: "r", Kind: contract.KindIncident, Phase: string(next), Revision: int64(round + 2),
					Entries: []contract.Entry{{Sequence: int64(round + 1), At: time.Now(), Kind: "phase_changed", Actor: "ben"}},
				})
				if err != nil {
					t.Error(err)
				}
				accepted[i].Store(true)
				both.Wait()
				for len(asking) > 0 {
					<-asking
				}
			}
		})
	}
	wait.Wait()
	require.Zero(t, late.Load(), "texts of an old phase left after the change was answered")
	t.Logf("%d of %d texts left before the change", left.Load(), races)
	require.NotZero(t, left.Load(), "or nothing was raced")
	if !testing.Short() {
		require.NotEqual(t, int64(races), left.Load(), "or nothing was raced")
	}
}
