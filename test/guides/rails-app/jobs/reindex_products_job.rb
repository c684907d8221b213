class ReindexProductsJob
  include Sidekiq::IterableJob

  def build_enumerator(cursor:)
    active_record_batches_enumerator(Product.all, cursor:, batch_size: 2)
  end

  def each_iteration(products)
    Search.index(products)
  end
end
